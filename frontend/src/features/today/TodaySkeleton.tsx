import { Skeleton } from '@mantine/core'
import { Later } from '~/ui/states'
import classes from './Today.module.css'

const LEFT = [112, 200, 200, 420]
const RIGHT = [112, 160, 520]

/** The layout of the page, before its content. */
export const TodaySkeleton = () => (
  <Later>
    <Skeleton height={20} width="min(100%, 420px)" mb="md" />
    <Skeleton height={48} mb="md" />
    <div className={classes.columns}>
      {[LEFT, RIGHT].map((heights) => (
        <div key={heights.length} className={classes.column}>
          {heights.map((height, index) => (
            <Skeleton key={index} height={height} />
          ))}
        </div>
      ))}
    </div>
  </Later>
)
