import { createContext } from 'react'

/** Whether the page has its h1 already: what fails inside it is a lower heading, what fails instead of it is the h1. */
export const Headed = createContext(false)
